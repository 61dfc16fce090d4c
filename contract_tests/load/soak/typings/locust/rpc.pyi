"""What is used of Locust, which is not in the environment that checks types."""

class Message:
    def __init__(self, message_type: str, data: object, node_id: str) -> None: ...
