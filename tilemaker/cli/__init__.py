"""The command line: ``open``, ``serve``, ``dev`` and ``genconfig``."""
