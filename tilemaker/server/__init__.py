"""The web: routes, status codes, headers, OpenAPI and the viewer's files."""
