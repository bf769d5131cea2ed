"""The OpenAPI document of the API."""

from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView


class DocumentOpenApi(SpectacularAPIView):
    """JSON unless YAML is asked for: clients that accept anything read JSON."""

    name = "OpenAPI"
    description = "Le document OpenAPI 3.1 de cette API, en JSON ou en YAML (?format=yaml)."
    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]
