# For folders where every source is a program of its own (bench/, fuzz/): the file itself says what it
# links, in one line near its top, so that adding a program is adding one file:
#
#   // Links: recording mkv fmt::fmt
#
# A plain word is a room; a word with "::" is any other target.

function(lockstep_links_of source result)
  file(STRINGS "${source}" lines REGEX "^// Links:" LIMIT_COUNT 1)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
  string(REGEX REPLACE "^// Links:" "" words "${lines}")
  separate_arguments(words UNIX_COMMAND "${words}")
  set(libs "")
  foreach(word IN LISTS words)
    if(word MATCHES "::")
      list(APPEND libs ${word})
    else()
      lockstep_floor(${word} ignored)  # refuses a room that does not exist
      list(APPEND libs lockstep_${word})
    endif()
  endforeach()
  set(${result} ${libs} PARENT_SCOPE)
endfunction()

# Makes a program lockstep_<name> of every <name>.cpp here whose name ends in `suffix`, linked to what
# it names and to the further targets given; `result` gets the list of programs.
function(lockstep_program_per_file suffix result)
  set(programs "")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*${suffix}.cpp")
  foreach(source IN LISTS sources)
    get_filename_component(name "${source}" NAME_WE)
    lockstep_links_of("${source}" libs)
    add_executable(lockstep_${name} "${source}")
    target_include_directories(lockstep_${name} PRIVATE "${CMAKE_SOURCE_DIR}")
    target_link_libraries(lockstep_${name} PRIVATE ${libs} ${ARGN} lockstep_flags)
    list(APPEND programs lockstep_${name})
  endforeach()
  set(${result} ${programs} PARENT_SCOPE)
endfunction()
