# SPDX-License-Identifier: GPL-2.0
#
# The pure files of the module, without their suffix: what runs in user space, too

PURE := anomaly conn conn_ack conn_check conn_pass conn_plain conn_reset conn_syn conn_synack \
	fsm history pkt zeek
