"""What people look at and tests steer by: the state page at `/`, the reference at `/docs`, and `/__mock__/`."""


def is_console(method: str, path: str) -> bool:
    """Whether a call belongs to the console; none of its paths is one of the service."""
    return path.startswith(("/__mock__/", "/docs/")) or (path in ("/", "/docs") and method in ("GET", "HEAD"))
