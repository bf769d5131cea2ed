"""`manage.py` as the chaos tests run it: `python -m tests.chaos.gerer acheminer`."""

import sys

import django
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    django.setup()
    from tests.chaos.coups import installer

    installer()
    execute_from_command_line(["manage.py", *sys.argv[1:]])
