"""The background worker: RQ's, with a job that ends when its worker does."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from rq import Queue, Worker
from rq.job import Job

#: Seconds a silent worker counts as alive in the queue; an idle one is heard 15 seconds earlier at the latest.
WORKER_TTL = 30

_PR_SET_PDEATHSIG = 1


class TiedWorker(Worker):
    """A worker whose running job is killed with it.

    RQ forks a process per job. When the worker is killed hard that process would go on, while the scheduler starts
    the job a second time because its worker is gone. The kernel prevents that (Linux; elsewhere RQ's way holds).
    """

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Run the job in this fresh process, tied to the worker."""
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() == 1:  # the worker died in between
                os._exit(1)
        super().main_work_horse(job, queue)
