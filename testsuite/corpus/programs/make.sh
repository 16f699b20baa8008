# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# GNU make: generated makefiles with much variable expansion, functions, pattern rules, includes and few commands.
# The package has no configure script; the configuration below is what it finds on Debian.
# shellcheck shell=bash disable=SC2034 # read by build.sh
source_package=make-dfsg
cppflags=(-DHAVE_CONFIG_H -D_GNU_SOURCE -DLOCALEDIR='"/usr/share/locale"' -DLIBDIR='"/usr/lib"'
    -DINCLUDEDIR='"/usr/include"' -Isrc -Ilib)
ldlibs=()

prepare() {
    local have
    for have in ALLOCA ALLOCA_H ATEXIT CLOCK_GETTIME DIRENT_H DUP DUP2 FCNTL_H FDOPEN FORK GETCWD GETGROUPS \
        GETRLIMIT GETTIMEOFDAY INTTYPES_H ISATTY LIMITS_H LOCALE_H LONG_LONG_INT LSTAT MEMORY_H MKSTEMP MKTEMP \
        PIPE  PSELECT READLINK REALPATH SA_RESTART SETEGID SETEUID SETLINEBUF \
        SETREGID SETREUID SETRLIMIT SETVBUF SIGACTION SIGSETMASK STDINT_H STDLIB_H STRCASECMP STRCOLL \
        STRDUP STRINGS_H STRING_H STRNCASECMP STRNDUP STRSIGNAL STPCPY STRUCT_DIRENT_D_TYPE SYMLINK SYS_FILE_H \
        SYS_PARAM_H SYS_RESOURCE_H SYS_SELECT_H SYS_STAT_H SYS_TIMEB_H SYS_TIME_H SYS_TYPES_H SYS_WAIT_H TTYNAME \
        UMASK UNISTD_H VFORK WAIT3 WAITPID WORKING_FORK WORKING_VFORK _BOOL; do
        echo "#define HAVE_$have 1"
    done >src/config.h
    cat >>src/config.h <<'CONFIG'
#define FILE_TIMESTAMP_HI_RES 1
#define MAKE_HOST "x86_64-pc-linux-gnu"
#define MAKE_JOBSERVER 1
#define MAKE_SYMLINKS 1
#define PACKAGE "make"
#define PACKAGE_NAME "GNU make"
#define PACKAGE_STRING "GNU make 4.3"
#define PACKAGE_BUGREPORT ""
#define PACKAGE_URL ""
#define PACKAGE_VERSION "4.3"
#define PATH_SEPARATOR_CHAR ':'
#define RETSIGTYPE void
#define SCCS_GET "get"
#define STDC_HEADERS 1
#define ST_MTIM_NSEC st_mtim.tv_nsec
#define TIME_WITH_SYS_TIME 1
#define VERSION "4.3"
CONFIG
}

sources() {
    printf 'src/%s.c\n' ar arscan commands default dir expand file function getopt getopt1 guile hash implicit job \
        load loadapi main misc output posixos read remake remote-stub rule signame strcache variable version vpath
}

inputs() {
    cat >"$INPUT/Makefile" <<'LOAD'
MAKEFLAGS += -r --no-print-directory
n := 0 1 2 3 4 5 6 7 8 9
list := $(foreach a,$(n),$(foreach b,$(n),$(foreach c,$(n),unit$(a)$(b)$(c))))
sources := $(addsuffix .c,$(list))
objects = $(patsubst %.c,out/%.o,$(sources))
flags_even = -O2 -DNAME=\"$(1)\" $(if $(filter %1,$(1)),-g,-s) $(call include,$(1))
include = $(foreach d,a b c,-I$(dir)/$(d)/$(1))
dir = $(strip $(base)/$(firstword $(subst /, ,$(notdir $(1)))))
base ?= /project/src
define rule
out/$(1).o: $(1).c $$(wildcard $(1).h) | out
vars_$(1) := $(call flags_even,$(1)) $$(words $$(list))
.PHONY: $(1).c
endef
$(foreach u,$(list),$(eval $(call rule,$(u))))
include $(wildcard $(INPUT)/part*.mk)
all: $(objects) $(parts)
	@:
out:
	@mkdir -p $@
out/%.o: flags = $(call flags_even,$*)
out/%.o:
	$(info $(@F) $(words $(flags)) $(vars_$*) $(lastword $(sort $(flags) $^)) $(subst unit,u,$(join $(@D),$(*F))))
.PHONY: all
$(info $(words $(objects)) $(sort $(foreach o,$(wordlist 1,30,$(objects)),$(basename $(notdir $o)))))
$(info $(shell echo from the shell) $(origin base) $(flavor objects) $(value dir) $(realpath /usr/..))
ifeq ($(findstring 77,$(word 78,$(list))),77)
$(info found $(words $(foreach x,$(wordlist 1,200,$(list)),$(filter %$(x),$(list)))))
endif
LOAD
    awk 'BEGIN { for (i = 0; i < 1500; i++) {
            printf "var%d := $(addprefix p,$(n)) value %d # comment\nlazy%d = $(var%d) $(lazy%d)\n", i, i, i, i, i % 7 ? i - 1 : 100000
            printf "parts += part%d\npart%d: part%d.x ; @: $(var%d)\npart%d.x: ;\n", i, i, i, i, i
            if (i % 50 == 0) printf "$(info $(words $(lazy%d)) $(subst p,q,$(var%d)))\nexport EXP%d = $(lazy%d)\n", i, i, i, i
        } }' >"$INPUT/part1.mk"
}

work() {
    run -f "$INPUT/Makefile" INPUT="$INPUT" all
    run -f "$INPUT/Makefile" INPUT="$INPUT" -n -j2 base=/other part7 part8
    run -f "$INPUT/Makefile" INPUT="$INPUT" -p -q | sed -e '/^# .* on /d' -e '/Last modified/d' \
        -e '/^# [0-9a-z ]*hash\|^# Load=\|^# Total\|collisions\|^# strcache/d' -e '/^#.*(device\|files, .*impossib/d' -e '/^# environment\|LD_PRELOAD\|ESCAPEMENT_/d' | sort | cksum
    run -f "$INPUT/Makefile" INPUT="$INPUT" nothing
}

# The two are declared without const where they are used.
fix_tree() { sed -i 's/^const char \*\(version_string\|make_host\)/char *\1/' src/version.c; }
