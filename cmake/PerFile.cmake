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
