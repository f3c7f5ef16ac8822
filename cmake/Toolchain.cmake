# Compiler flags shared by every target, and the tools that keep builds short.

add_library(lockstep_flags INTERFACE)
target_compile_options(lockstep_flags INTERFACE
  -Wall -Wextra
  -Wno-missing-field-initializers  # gcc 12 warns of designated initialisers, whose point is to leave out
  -Wshadow -Wpointer-arith -Woverloaded-virtual -Wnon-virtual-dtor -Wundef
  $<$<BOOL:${LOCKSTEP_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  # gcc 12 sees uninitialised members in every moved std::optional of a larger struct.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  # At -O3 it also sees overlaps in "text" + std::string (GCC bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>)

# x86-64-v2 is the oldest processor level supported; kernels that gain from more dispatch at run time.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(lockstep_flags INTERFACE -march=x86-64-v2)
endif()

if(LOCKSTEP_SANITIZE)
  target_compile_options(lockstep_flags INTERFACE
    -fsanitize=${LOCKSTEP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # Of code behind or in front of the C API, where a number that is no enumerator is to be refused.
    $<$<BOOL:$<TARGET_PROPERTY:LOCKSTEP_TAKES_ANY_ENUMERATOR>>:-fno-sanitize=enum>)
  target_link_options(lockstep_flags INTERFACE -fsanitize=${LOCKSTEP_SANITIZE})
endif()

if(LOCKSTEP_FUZZ)
  target_compile_options(lockstep_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(lockstep_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # pch_defines,time_macros lets ccache serve units that use a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CCACHE_PROGRAM})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  target_link_options(lockstep_flags INTERFACE -fuse-ld=mold)
endif()
