# SPDX-License-Identifier: GPL-2.0
#
#	make			the module for the running kernel, and the tool
#	make demo		watch one connection in a virtual machine
#	make check		the tests, in minutes
#	make check-all		all tests, in most kernels
#
# "make help" lists the rest.

KDIR ?= /lib/modules/$(shell uname -r)/build
GUESTS := uml uml-debug 6.1 6.12
VM := selftests/vm

all: module tool

help:
	@echo "make [all]          module for the running kernel, and the tool"
	@echo "make module         tcpfsm.ko against KDIR=$(KDIR)"
	@echo "make tool           tools/tcpfsm"
	@echo "make install        both, and the man page"
	@echo "make demo           build, boot a guest, watch a connection"
	@echo "make check          unit, style, docs and net tests: minutes"
	@echo "make check-all      the same, and all guests, fuzzers, bench, a fresh machine"
	@echo "make module-GUEST   module for a guest: $(GUESTS)"
	@echo "make bench          speed and size beside conntrack; bench-short: a minute"
	@echo "make genl           uapi and policies from the specification"
	@echo "make clean"

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) W=1 modules

tool:
	$(MAKE) -C tools

install: module tool
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install
	$(MAKE) -C tools install

# Each guest has a build directory of its own, with a copy of the sources:
# older kernels build a module only where its sources are.
$(GUESTS:%=module-%): module-%:
	@$(VM)/kernel.sh prepare $*
	@$(VM)/mirror.sh build/$* $(CURDIR)/Kbuild $(CURDIR)/module
	$(MAKE) -C $$($(VM)/kernel.sh kdir $*) M=$(CURDIR)/build/$* W=1 \
		$(if $(filter uml%,$*),ARCH=um) modules

# Set-up included: packages first, then what needs them, in a make of its own
demo:
	@$(VM)/deps.sh demo
	@$(MAKE) -s tool module-6.12
	@$(VM)/run.sh 6.12 -- selftests/demo/demo.sh build/6.12

check:
	@$(VM)/deps.sh check
	@$(MAKE) -s tool module-uml module-6.1 module-6.12
	@$(MAKE) -s -C selftests/unit build/cases.json
	@selftests/check.sh quick

check-all:
	@$(VM)/deps.sh check
	@$(MAKE) -s tool $(GUESTS:%=module-%)
	@$(MAKE) -s -C selftests/unit build/cases.json
	@selftests/check.sh all

bench bench-short:
	@$(VM)/deps.sh check
	@selftests/bench/run.sh $(if $(filter bench,$@),full,short)

genl:
	Documentation/netlink/genl.sh $$($(VM)/kernel.sh source)

clean:
	rm -rf build
	$(MAKE) -C tools clean
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

.PHONY: all help module tool install demo check check-all bench bench-short genl clean $(GUESTS:%=module-%)
