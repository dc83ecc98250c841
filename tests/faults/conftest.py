from tests.e2e.conftest import beside, program

__all__ = ["beside", "program"]
