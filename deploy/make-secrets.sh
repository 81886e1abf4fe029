#!/bin/sh
# Makes the secrets: random where nothing is there yet, empty where only you know the value.
# Safe to repeat: what is there stays. Run as root, so that only root and one group can read them.
#   sh deploy/make-secrets.sh                                        secrets/, for the containers
#   sh deploy/make-secrets.sh /etc/tuntas/secrets tuntas localhost   for the units of systemd
set -eu
folder=${1:-secrets}
group=${2:-10001}
host=${3:-postgres}
if [ "$(id -u)" != 0 ] && ! id -G | tr ' ' '\n' | grep -qx "$group"; then
    echo "Run this as root: only root can give the files to the group $group, which has to read them." >&2
    exit 1
fi
mkdir -p "$folder" # above it others may pass: the user of the units has to
umask 077

random() {
    od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'
}

keep() { # a file's name, and on standard input what it holds if it is new
    if [ -e "$folder/$1" ]; then
        cat >/dev/null
    else
        cat >"$folder/$1.new"
        mv "$folder/$1.new" "$folder/$1"
    fi
}

random 24 | keep postgres_password
random 24 | keep temporal_password
printf 'postgresql://tuntas:%s@%s/tuntas\n' "$(random 24)" "$host" | keep database_url
head -c 32 /dev/urandom | base64 | keep master_key
printf '' | keep sendgrid_api_key
printf '' | keep sendgrid_webhook_key

if [ "$(id -u)" = 0 ]; then
    chown -R "root:$group" "$folder"
else
    chgrp -R "$group" "$folder"
fi
chmod 0750 "$folder"
chmod 0440 "$folder"/*
echo "Keep a copy of $folder/master_key apart from this machine: without it no report can be read."
