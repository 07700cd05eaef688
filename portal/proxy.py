"""What only holds behind the front proxy of docker-compose.yml."""


class VisitorAddress:
    """REMOTE_ADDR is the visitor's, not the proxy's: lock-outs and the event log go by it.

    The proxy sets X-Real-IP itself and drops what a visitor sends under that name. Never use this without a proxy.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.META["REMOTE_ADDR"] = request.META.get("HTTP_X_REAL_IP") or request.META.get("REMOTE_ADDR", "")
        return self.get_response(request)
