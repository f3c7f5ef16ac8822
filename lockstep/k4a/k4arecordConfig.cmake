# Target k4a::k4arecord, and k4a::k4a of the same installation.
include(CMakeFindDependencyMacro)
set(k4a_DIR "${CMAKE_CURRENT_LIST_DIR}/../k4a")
find_dependency(k4a PATHS "${CMAKE_CURRENT_LIST_DIR}/../k4a" NO_DEFAULT_PATH)
include("${CMAKE_CURRENT_LIST_DIR}/k4arecordTargets.cmake")
