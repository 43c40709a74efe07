# SPDX-License-Identifier: GPL-2.0
#
# Shared by the suites that run in user space. There is one include root for
# each tree, and the objects lie below $(O) as the sources lie in their trees:
#
#	module/core/conn.c	$(O)/module/core/conn.o		"core/conn.h"
#	tools/nl/msg.c		$(O)/tools/nl/msg.o		"nl/msg.h"
#	selftests/unit/packet.c	$(O)/unit/packet.o		"unit/packet.h"
#	the suite's own files	$(O)/*.o

MODULE ?= ../../module
TOOLS := ../../tools
O ?= build
CFLAGS ?= -O1 -g
SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all

user_cflags := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wwrite-strings -fno-omit-frame-pointer \
	-D_GNU_SOURCE -I$(MODULE) -I$(TOOLS) -I.. -MMD -MP

# All files of module/core are built in user space
core_objs := $(patsubst $(MODULE)/%.c,module/%.o,$(wildcard $(MODULE)/core/*.c))
$(if $(core_objs),,$(error $(MODULE)/core has no sources))

# "instrument" of a suite: further flags for the code under test, not for the tests
compile = @mkdir -p $(@D); \
	$(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) $(1) $(user_cflags) -c -o $@ $<

all:

$(O)/module/%.o: $(MODULE)/%.c
	$(call compile,$(instrument))

$(O)/tools/%.o: $(TOOLS)/%.c
	$(call compile,$(instrument))

$(O)/unit/%.o: ../unit/%.c
	$(call compile)

$(O)/fuzz/%.o: ../fuzz/%.c
	$(call compile)

$(O)/%.o: %.c
	$(call compile)

clean:
	rm -rf $(O)

.PHONY: all run run_tests clean

# $(eval $(call program,NAME,OBJECTS)): link a program
define program
$(O)/$(1): $(addprefix $(O)/,$(2))
	$$(CC) $$(CFLAGS) $$(SANITIZE) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef

-include $(shell find $(O) -name '*.d' 2>/dev/null)
