"""The one kernel that is offered: the Python this software runs in, whatever kernels are registered on the machine."""

from __future__ import annotations

import sys
from typing import Any, Final

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

KERNEL: Final = "python3"
ARGUMENTS: Final = (
    "--HistoryManager.enabled=False",
    "--InteractiveShellApp.ignore_cwd=True",
    "--InteractiveShellApp.exec_PYTHONSTARTUP=False",
)
"""What was typed is not written to any history, and neither the folder nor a start-up script of the user adds modules or code."""


class ThisPython(KernelSpecManager):
    """Knows one kernel; it reads no kernel specification from the disk."""

    def find_kernel_specs(self) -> dict[str, str]:
        return {KERNEL: ""}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        if kernel_name != KERNEL:
            raise NoSuchKernel(kernel_name)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *ARGUMENTS]
        return KernelSpec(
            argv=command,
            display_name="Python",
            language="python",
            interrupt_mode="signal",
            metadata={"debugger": True},
        )

    def get_all_specs(self) -> dict[str, Any]:
        return {KERNEL: {"resource_dir": "", "spec": self.get_kernel_spec(KERNEL).to_dict()}}
