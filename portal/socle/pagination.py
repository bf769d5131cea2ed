from rest_framework.pagination import CursorPagination


class PageCurseur(CursorPagination):
    """Cursor pages: stable while rows are added, and as quick on the last page as on the first."""

    page_size = 50
    page_size_query_param = "taille"
    max_page_size = 200
    cursor_query_param = "curseur"
    ordering = "pk"
