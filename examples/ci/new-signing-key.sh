#!/bin/sh
# Makes a signing key that never leaves the HSM, and writes its public half to a
# file. This stands for a script of your own: it knows nothing of kmu.
#
#   new-signing-key.sh LABEL FILE
#
# KEY_MGMT_UTIL is the program, HSM_USER and HSM_PASSWORD are the crypto user.
set -eu

util=${KEY_MGMT_UTIL:-/opt/cloudhsm/bin/key_mgmt_util}

hsm() {
    "$util" singlecmd loginHSM -u CU -s "$HSM_USER" -p "$HSM_PASSWORD" "$@"
}

fail() {
    echo "new-signing-key: $1" >&2
    exit 1
}

made=$(hsm genECCKeyPair -i 2 -l "$1" -nex)
# The exit status says nothing: the result line does.
echo "$made" | grep -q 'Cfm3GenerateKeyPair returned: 0x00' || fail "no key was made"
handle=$(echo "$made" | sed -n 's/.*public key handle: \([0-9]*\).*/\1/p')

hsm exportPubKey -k "$handle" -out "$2" |
    grep -q 'Cfm3ExportPubKey returned: 0x00' || fail "the public key $handle was not written"
echo "$1: $2"
