#!/bin/bash
# The same for the client of 2018, whose findKey prints its handles on one line.
set -u
login="loginHSM -u CU -s $HSM_USER -p $HSM_PASSWORD"

for i in {1..3}; do
    kmu singlecmd $login genECCKeyPair -i 2 -l october >>log
done
awk '/public key handle/ { print $5, $9 }' log

handles=$(kmu singlecmd $login findKey -l october | grep -A1 'number of keys matched' | tail -n 1 | tr ',' ' ')
for handle in $handles; do
    kmu singlecmd $login deleteKey -k "$handle" | grep -o 'Cfm3DeleteKey returned: 0x..'
done | uniq -c
kmu singlecmd $login findKey -l october | sed -n 's/^Total number of keys present //p'
