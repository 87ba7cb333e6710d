#!/bin/sh
# Install what Rollcall needs of the system and pip cannot bring; does nothing where all of it is there.
#     system_packages.sh run      the libraries that OpenCV and Qt link, and Qt's way to an X11 screen opens
#     system_packages.sh rules    Prometheus, whose promtool tries the alert rules. Debian starts it where nothing forbids
#                                 it, on port 9090: only for a machine that is for tests
#     system_packages.sh test     these, what the tests start (a MySQL-compatible server, its tools, strace, a browser,
#                                 HAProxy, Galera, namespaces), and a Korean font for the window's pictures
#     system_packages.sh saml     Apache with mod_auth_mellon and SimpleSAMLphp, for one slow test. Debian starts that
#                                 Apache where nothing forbids it, on port 80: only for a machine that is for tests
# Only programs are installed, and no service but HAProxy's, which as it comes listens nowhere:
# default-mysql-server-core is the server's binary without its start-up,
# default-mysql-client-core brings my_print_defaults, without which MariaDB makes no folder for its data, and
# default-mysql-client the dump that `backup` makes of such a database.
set -eu
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
if [ -x .venv/bin/python ]; then python=.venv/bin/python; else python=${PYTHON:-python3}; fi

# By the loader itself: where libraries lie differs from system to system.
has_library() { "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }

has_command() {
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1; then return; fi
    done
    return 1
}

# A list of servers to test on that does not ask for the system's own makes that one unnecessary.
wants_system_server() {
    case " ${ROLLCALL_TEST_MYSQL:-system} " in *" system "*) true ;; *) false ;; esac
}

has_korean_font() { fc-list :lang=ko 2>/dev/null | grep -q .; }

missing_libraries() {
    while read -r library package; do
        has_library "$library" || echo "$package"
    done <<'LIBRARIES'
libGL.so.1 libgl1
libglib-2.0.so.0 libglib2.0-0
libEGL.so.1 libegl1
libxkbcommon.so.0 libxkbcommon0
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
LIBRARIES
}

missing_for_saml() {
    [ -x /usr/sbin/apache2 ] || echo apache2-bin
    [ -f /usr/lib/apache2/modules/mod_auth_mellon.so ] || echo libapache2-mod-auth-mellon
    [ -d /usr/share/simplesamlphp/www ] || echo simplesamlphp
    # Of PHP the smallest that SimpleSAMLphp takes, in place of another server's module.
    has_command php || echo php-cli php-cgi
    [ -n "$(find /usr/lib/php -name dom.so 2>/dev/null)" ] || echo php-xml php-mbstring
}

missing() {
    case $1 in
        rules) has_command promtool || echo prometheus; return ;;
        saml) missing_for_saml; return ;;
    esac
    missing_libraries
    [ "$1" = test ] || return 0
    has_korean_font || echo fontconfig fonts-nanum
    has_command strace || echo strace
    has_command chromium || echo chromium
    has_command haproxy || echo haproxy
    has_command ip || echo iproute2
    wants_system_server || return 0
    has_command mariadbd mysqld || echo default-mysql-server-core
    has_command my_print_defaults || echo default-mysql-client-core
    has_command mariadb-dump mysqldump || echo default-mysql-client
    [ -e /usr/lib/galera/libgalera_smm.so ] || echo galera-4
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
    has_command apt-get && { [ "$(id -u)" = 0 ] || { has_command sudo && sudo -n true 2>/dev/null; }; }
}

purpose=${1:-run}
packages=$(missing "$purpose" | tr '\n' ' ')
[ -n "$packages" ] || exit 0
if ! can_install; then
    echo "Rollcall needs these packages of the system, and set-up may not install them here:" \
        "run 'apt-get install ${packages% }' as root (other systems name them much alike), then this again." >&2
    exit 1
fi

echo "Installing of the system: ${packages% }."
# A repository of somebody else's that is away must not stop this: what counts is whether the packages come.
as_root apt-get -qq update || true
# shellcheck disable=SC2086  # a list of words
if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $packages >/dev/null
then
    echo "apt-get could not install ${packages% }: what it said stands above. Mend that, then run this again." >&2
    exit 1
fi
packages=$(missing "$purpose" | tr '\n' ' ')
if [ -n "$packages" ]; then
    echo "apt-get was content, yet what ${packages% } should bring is still not found." >&2
    exit 1
fi
