#!/bin/sh
# Tests new-signing-key.sh against an emulated cluster: kmu and openssl must be
# in PATH. Each part has a cluster of its own in a directory that is removed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

export KEY_MGMT_UTIL=kmu HSM_USER=example_user HSM_PASSWORD=example_pwd

echo "- a key is made, and its public half is one"
export KMU_STATE="$work/good"
"$here/new-signing-key.sh" release public.pem >/dev/null
openssl pkey -pubin -in public.pem -noout

echo "- it is not extractable"
kmu singlecmd loginHSM -u CU -s "$HSM_USER" -p "$HSM_PASSWORD" \
    exportPrivateKey -k 7 -w 4 -out private.pem >/dev/null
! [ -e private.pem ]

echo "- a full HSM is noticed"
export KMU_STATE="$work/full" KMU_FAULTS="$work/faults"
echo 'genECCKeyPair: code 0xac' >faults
if "$here/new-signing-key.sh" release none.pem 2>reason; then exit 1; fi
grep -q 'no key was made' reason

echo "- an export that fails is noticed"
export KMU_STATE="$work/export"
echo 'exportPubKey: code 0xbc' >faults
if "$here/new-signing-key.sh" release none.pem 2>reason; then exit 1; fi
grep -q 'the public key 6 was not written' reason
unset KMU_FAULTS

echo "- the session of the runbook is still what is printed"
kmu replay "$here/runbook.txt"
