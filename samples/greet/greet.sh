#!/bin/sh
# A web service in plain shell: reads one request from standard input, writes one answer to standard output.
# listen.js hands each connection to a run of this script, as inetd does.
read -r method target version
while read -r header && [ "$header" != "$(printf '\r')" ]; do :; done
body="Hello from ${K_SERVICE:-a shell}, you asked for ${target:-/} with ${method:-nothing}"
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s\n' \
  "$((${#body} + 1))" "$body"
