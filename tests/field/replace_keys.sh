#!/bin/bash
# Makes keys one by one, then deletes all that have last month's label.
set -u
login="loginHSM -u CU -s $HSM_USER -p $HSM_PASSWORD"

for i in {1..17}; do
    key_mgmt_util singlecmd $login genSymKey -l october -t 31 -s 32 -min_srv 1 -timeout 1 >>log
done
grep -c 'Cfm3GenerateSymmetricKey returned: 0x00 : HSM Return: SUCCESS' log

key_mgmt_util singlecmd $login findKey -l october >found
sed -n 's/.*Total number of keys present: *//p' found
handles=$(sed -n '/Handles of matching keys/,/Cluster Status/p' found | grep -v '[A-Z]' | tr ',' ' ')
for handle in $handles; do
    key_mgmt_util singlecmd $login deleteKey -k "$handle" | grep 'Cfm3DeleteKey returned' | cut -d: -f3
done | sort | uniq -c
key_mgmt_util singlecmd $login findKey -l october | awk '/Total number/ { print $NF }'
