# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What `cmake --install` puts where: libraries, headers, pkg-config file, CMake package.
# The plugins are installed by plugin/llvm/CMakeLists.txt, in lib/escapement/clang-N/escapement.so.
include(CMakePackageConfigHelpers)

install(TARGETS analysis-static analysis-shared runtime-static runtime-shared
        verify-static verify-shared EXPORT EscapementTargets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/analysis/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/runtime/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/verify/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/analysis/models"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/escapement" FILES_MATCHING PATTERN "*.models")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Escapement")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/EscapementConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/EscapementConfig.cmake" INSTALL_DESTINATION "${package_dir}"
  PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/EscapementConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/EscapementConfig.cmake"
              "${CMAKE_BINARY_DIR}/EscapementConfigVersion.cmake" DESTINATION "${package_dir}")
install(EXPORT EscapementTargets NAMESPACE Escapement:: DESTINATION "${package_dir}")

file(RELATIVE_PATH ESCAPEMENT_PC_TO_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file("${CMAKE_CURRENT_LIST_DIR}/escapement.pc.in" "${CMAKE_BINARY_DIR}/escapement.pc" @ONLY)
configure_file("${CMAKE_CURRENT_LIST_DIR}/escapement-runtime.pc.in" "${CMAKE_BINARY_DIR}/escapement-runtime.pc"
               @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/escapement.pc" "${CMAKE_BINARY_DIR}/escapement-runtime.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
