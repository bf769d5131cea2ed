from django.apps import AppConfig


class InstructionConfig(AppConfig):
    name = "dossiers.instruction"
    label = "instruction"
    verbose_name = "Instruction"
