#!/usr/bin/python3
"""Signs a file with a new key, and checks that a missing key is reported (pexpect)."""
import os
import re

import pexpect

PROMPT = r"Command:  "


def run(shell, command):
    shell.sendline(command)
    shell.expect(PROMPT)
    return shell.before


shell = pexpect.spawn("azcloudhsm_util", encoding="utf-8", timeout=20)
shell.expect(r"Current FIPS mode is: (\d+)")
print("mode", shell.match.group(1))
shell.expect(PROMPT)
user, password = os.environ["HSM_USER"], os.environ["HSM_PASSWORD"]
nodes = run(shell, f"loginHSM -u CU -s {user} -p {password}")
print("nodes", re.findall(r"Node id (\d+) status: 0x00000000", nodes))
made = run(shell, "genECCKeyPair -i 2 -l signing")
public, private = re.search(r"public key handle: (\d+) +private key handle: (\d+)", made).groups()
signed = run(shell, f"sign -f message -k {private} -m 17 -out signature")
print("signed", "Cfm3Sign: sign returned: 0x00 : HSM Return: SUCCESS" in signed)
run(shell, f"exportPubKey -k {public} -out public.pem")
missing = run(shell, "sign -f message -k 9999 -m 17 -out nothing")
print("missing", re.search(r"sign returned: (0x\w+)", missing).group(1))
shell.sendline("exit")
shell.expect(pexpect.EOF)
shell.close()
print("status", shell.exitstatus)
