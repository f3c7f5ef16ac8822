# One static library per room. A room names the rooms it uses; a room on the same floor or above is
# refused here, at configure time. docs/architecture.md draws the house; tools/check_layers checks
# the includes that CMake cannot see.

set(LOCKSTEP_ROOMS
  base:1 time:2 host:2 sensor:3 mkv:3 frame:4 geometry:4
  rig:5 device:5 recording:5 codec:5 transform:5
  virtual:6 sync:6 calibrate:6 fuse:6 take:7 report:7 session:8 playback:8 export:8 k4a:9 apps:10)

function(lockstep_floor room result)
  foreach(entry IN LISTS LOCKSTEP_ROOMS)
    if(entry MATCHES "^${room}:([0-9]+)$")
      set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "room '${room}' has no floor: add it to LOCKSTEP_ROOMS in cmake/Room.cmake")
endfunction()

# lockstep_room(<name> [ROOMS <room>...] [PUBLIC <lib>...] [PRIVATE <lib>...] [TEST <lib>...])
#   ROOMS    rooms on lower floors that this one uses
#   PUBLIC   third-party targets seen in its public headers (Eigen, from geometry/ up, and nothing else)
#   PRIVATE  third-party targets that its sources use
#   TEST     further targets that its unit tests use
#   OPTIONS  compiler options for its sources alone
# Sources are every *.cpp beside the CMakeLists.txt; *_test.cpp become the test program lockstep_<name>_test.
function(lockstep_room name)
  cmake_parse_arguments(ROOM "" "" "ROOMS;PUBLIC;PRIVATE;TEST;OPTIONS" ${ARGN})
  lockstep_floor(${name} own_floor)
  foreach(used IN LISTS ROOM_ROOMS)
    lockstep_floor(${used} used_floor)
    if(NOT used_floor LESS own_floor)
      message(FATAL_ERROR "room '${name}' (floor ${own_floor}) may not use '${used}' (floor ${used_floor})")
    endif()
  endforeach()

  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")

  list(TRANSFORM ROOM_ROOMS PREPEND lockstep_)
  if(NOT sources)
    add_library(lockstep_${name} INTERFACE)
    target_link_libraries(lockstep_${name} INTERFACE ${ROOM_ROOMS})
    return()
  endif()
  add_library(lockstep_${name} STATIC ${sources})
  target_include_directories(lockstep_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_link_libraries(lockstep_${name}
    PUBLIC ${ROOM_ROOMS} ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE} lockstep_flags)
  target_compile_options(lockstep_${name} PRIVATE ${ROOM_OPTIONS})

  if(LOCKSTEP_TESTS AND tests)
    lockstep_test(lockstep_${name}_test PREFIX ${name} SOURCES ${tests}
      LIBS lockstep_${name} ${ROOM_TEST})
  endif()
endfunction()

# Of every test. Those that have a long form run it when the environment says LOCKSTEP_NIGHTLY=1.
set(LOCKSTEP_TEST_PROPERTIES TIMEOUT 300)
if(LOCKSTEP_NIGHTLY)
  set(LOCKSTEP_TEST_PROPERTIES TIMEOUT 7200 ENVIRONMENT LOCKSTEP_NIGHTLY=1)
endif()

# lockstep_test(<target> PREFIX <prefix> SOURCES <file>... LIBS <target>...)
# A GoogleTest program whose cases CTest lists as <prefix>/<Suite>.<case>.
function(lockstep_test target)
  cmake_parse_arguments(TEST "" "PREFIX" "SOURCES;LIBS" ${ARGN})
  add_executable(${target} ${TEST_SOURCES})
  target_link_libraries(${target} PRIVATE ${TEST_LIBS} lockstep_test_support lockstep_flags)
  target_precompile_headers(${target} REUSE_FROM lockstep_test_pch)
  gtest_discover_tests(${target} TEST_PREFIX "${TEST_PREFIX}/" DISCOVERY_MODE PRE_TEST
    PROPERTIES ${LOCKSTEP_TEST_PROPERTIES})
endfunction()

function(lockstep_add_rooms)
  foreach(entry IN LISTS LOCKSTEP_ROOMS)
    string(REGEX REPLACE ":.*" "" room ${entry})
    if(EXISTS "${CMAKE_SOURCE_DIR}/lockstep/${room}/CMakeLists.txt")
      add_subdirectory(lockstep/${room})
    endif()
  endforeach()
endfunction()
