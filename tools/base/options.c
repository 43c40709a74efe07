// SPDX-License-Identifier: GPL-2.0
#include "base/options.h"

struct options opt;
