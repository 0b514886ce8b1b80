/**
 * Lines of a shell that runs in a mount namespace of its own, with the folder of a world as `$1`. Files that
 * an engine writes below /run, and its key and certificates in /etc/docker, are seen by nothing else
 * and end with the namespace; a containerd of the machine stays unseen. The rest of /etc is a copy: a
 * machine need not have the folder, and gets none.
 */
export const PRIVATE_MOUNTS = `set -e
mount -t tmpfs tmpfs /run
if [ -d /opt ]; then mount -t tmpfs tmpfs /opt; fi
mkdir "$1/machine"
mount -t tmpfs -o mode=755 tmpfs "$1/machine"
cp -a /etc/. "$1/machine"
mount --move "$1/machine" /etc
mkdir -p /etc/docker
mount --bind "$1/etc" /etc/docker`
