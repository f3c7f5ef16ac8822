/* SPDX-License-Identifier: MIT */
/* The version of the vendor's interface that these headers and libraries offer. */
#ifndef K4AVERSION_H
#define K4AVERSION_H

#define K4A_VERSION_MAJOR 1
#define K4A_VERSION_MINOR 4
#define K4A_VERSION_PATCH 1
#define K4A_VERSION_PRERELEASE ""
#define K4A_VERSION_BUILD_METADATA ""
#define K4A_VERSION_STR "1.4.1"

#endif
