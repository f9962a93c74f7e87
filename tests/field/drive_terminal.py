#!/usr/bin/python3
"""Drives the shell on a pseudo-terminal of its own, byte by byte, without a library."""
import os
import pty
import sys

child, terminal = pty.fork()
if child == 0:
    os.execvp("key_mgmt_util", ["key_mgmt_util"])


def read_to(ending):
    text = b""
    while not text.endswith(ending):
        part = os.read(terminal, 1)
        if not part:
            sys.exit("the shell is gone")
        text += part
    return text.decode()


def run(command):
    os.write(terminal, command.encode() + b"\r")
    return read_to(b"\nCommand:  ")


read_to(b"\nCommand:  ")
login = run("loginHSM -u CU -s %s -p %s" % (os.environ["HSM_USER"], os.environ["HSM_PASSWORD"]))
print(login.count("HSM Return: SUCCESS"))
for label in ("first", "second"):
    made = run(f"genRSAKeyPair -m 2048 -e 65537 -l {label}")
    print(made.split("private key handle: ")[1].split()[0])
print(run("findKey -c 3").split("Handles of matching keys:")[1].split("Cluster")[0].split())
os.write(terminal, b"exit\r")
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
