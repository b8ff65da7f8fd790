"""A server with the HTTP interface of the ZeroSpeech uploads, and with its faults, for tests over real sockets."""

from tests.server.faults import Fault, Faults
from tests.server.server import Request, UploadServer
from tests.server.state import Benchmark, Model, Submission, User

__all__ = ["Benchmark", "Fault", "Faults", "Model", "Request", "Submission", "UploadServer", "User"]
