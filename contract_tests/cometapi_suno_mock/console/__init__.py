"""What people look at and tests steer by: the state page at `/`, the reference at `/docs`, and `/__mock__/`."""


def is_console(path: str) -> bool:
    """Whether a path belongs to the console; none of them is a path of the service."""
    return path == "/" or path.startswith(("/__mock__/", "/docs/")) or path == "/docs"
