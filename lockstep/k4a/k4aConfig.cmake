# Target k4a::k4a.
include("${CMAKE_CURRENT_LIST_DIR}/k4aTargets.cmake")
