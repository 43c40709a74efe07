# SPDX-License-Identifier: GPL-2.0
"""Library of the network selftests: two real TCP stacks, and what they say."""
