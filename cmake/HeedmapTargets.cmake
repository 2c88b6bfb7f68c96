# Helpers that keep one folder = one library. Sources are globbed, so a new file pair needs no edit here.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(heedmap_options INTERFACE)
target_include_directories(heedmap_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(heedmap_options INTERFACE -Wall -Wextra -Wno-unused-parameter)
target_compile_definitions(heedmap_options INTERFACE HEEDMAP_VERSION="${PROJECT_VERSION}")
if(HEEDMAP_SANITIZE)
  target_compile_options(heedmap_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
                                                   -fno-omit-frame-pointer)
  target_link_options(heedmap_options INTERFACE -fsanitize=address,undefined)
endif()

# heedmap_library(NAME dependencies…): the sources of the current folder as the static library heedmap_NAME, without
# those of folders below that are libraries themselves.
function(heedmap_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  file(GLOB_RECURSE libraries_below "${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt")
  foreach(below IN LISTS libraries_below)
    get_filename_component(folder "${below}" DIRECTORY)
    list(FILTER sources EXCLUDE REGEX "^${folder}/")
  endforeach()
  set(implementation ${sources})
  list(FILTER implementation INCLUDE REGEX "\\.cpp$")
  if(implementation)
    add_library(heedmap_${name} STATIC ${sources})
    target_link_libraries(heedmap_${name} PUBLIC heedmap_options ${ARGN})
  else()
    add_library(heedmap_${name} INTERFACE)
    target_link_libraries(heedmap_${name} INTERFACE heedmap_options ${ARGN})
  endif()
endfunction()

# heedmap_test(FOLDER libraries…): tests/FOLDER/*_test.cpp as one GoogleTest program, test_FOLDER with / as _.
function(heedmap_test folder)
  cmake_parse_arguments(arg "QT" "" "" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp" "${CMAKE_SOURCE_DIR}/tests/${folder}/*.h")
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" target "test_${folder}")
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE ${arg_UNPARSED_ARGUMENTS} GTest::gtest GTest::gmock heedmap_options)
  target_compile_definitions(${target} PRIVATE HEEDMAP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(arg_QT)
    set_target_properties(${target} PROPERTIES AUTOMOC ON)
    set(environment "QT_QPA_PLATFORM=offscreen;XDG_CONFIG_HOME=${CMAKE_BINARY_DIR}/test-home;XDG_CACHE_HOME=${CMAKE_BINARY_DIR}/test-cache")
  else()
    target_link_libraries(${target} PRIVATE GTest::gtest_main)
  endif()
  # One CTest entry per program, not per case: starting a LibTorch program costs half a second.
  add_test(NAME ${target} COMMAND ${target})
  list(APPEND environment
    "ASAN_OPTIONS=detect_container_overflow=0:detect_leaks=1:allocator_may_return_null=1"
    "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/lint/lsan.supp:print_suppressions=0"
    "UBSAN_OPTIONS=print_stacktrace=1"
    "HEEDMAP_BIN_DIR=${HEEDMAP_BIN_DIR}")
  set_tests_properties(${target} PROPERTIES ENVIRONMENT "${environment}" TIMEOUT 600)
endfunction()
