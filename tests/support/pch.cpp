// SPDX-License-Identifier: MIT
// Exists so that the precompiled header of the test programs has a program to belong to: its flags
// must be those of an executable.

int main() {
  return 0;
}
