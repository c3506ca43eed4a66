# A dashboard script that fails when there are defects:
#
#     ctest -S dashboard.cmake
set(CTEST_SOURCE_DIRECTORY ${CMAKE_CURRENT_LIST_DIR})
set(CTEST_BINARY_DIRECTORY ${CTEST_SOURCE_DIRECTORY}/build-dashboard)
set(CTEST_CMAKE_GENERATOR "Unix Makefiles")
set(CTEST_SITE here)
set(CTEST_BUILD_NAME memtrace)
find_program(CTEST_MEMORYCHECK_COMMAND memtrace-ctest)
set(CTEST_MEMORYCHECK_TYPE Valgrind)

ctest_start(Experimental)
ctest_configure()
ctest_build()
ctest_memcheck(DEFECT_COUNT defects RETURN_VALUE failed)
message("defects: ${defects}")
if(defects OR failed)
  message(FATAL_ERROR "memtrace found ${defects} defects")
endif()
