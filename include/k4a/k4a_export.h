/* SPDX-License-Identifier: MIT */
/* What a program sees of libk4a.so: functions marked K4A_EXPORT, and nothing else. */
#ifndef K4A_EXPORT_H
#define K4A_EXPORT_H

#ifdef K4A_STATIC_DEFINE
#define K4A_EXPORT
#define K4A_NO_EXPORT
#else
#define K4A_EXPORT __attribute__((visibility("default")))
#define K4A_NO_EXPORT __attribute__((visibility("hidden")))
#endif

#define K4A_DEPRECATED __attribute__((__deprecated__))
#define K4A_DEPRECATED_EXPORT K4A_EXPORT K4A_DEPRECATED
#define K4A_DEPRECATED_NO_EXPORT K4A_NO_EXPORT K4A_DEPRECATED

#endif
