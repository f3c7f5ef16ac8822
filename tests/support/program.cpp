// SPDX-License-Identifier: MIT
#include "tests/support/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep::testing {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(const std::vector<std::string>& additions) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (text.rfind("LOCKSTEP_RIG=", 0) != 0 && text.rfind("NO_COLOR=", 0) != 0)
      result.push_back(text);
  }
  result.insert(result.end(), additions.begin(), additions.end());
  return result;
}

void redirect(int fd, const std::filesystem::path& path, int flags) {
  const int file = open(path.c_str(), flags, 0600);
  if (file < 0 || dup2(file, fd) < 0) _exit(126);
}

}  // namespace

RunningProgram::RunningProgram(const std::filesystem::path& program,
                               const std::vector<std::string>& arguments,
                               const std::vector<std::string>& environment,
                               const std::filesystem::path& folder) {
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_with(environment);
  const std::vector<char*> argv = pointers_to(words), envp = pointers_to(variables);
  pid_ = fork();
  if (pid_ == 0) {
    if (!folder.empty() && chdir(folder.c_str()) != 0) _exit(126);
    redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
    redirect(STDOUT_FILENO, output_ / "out", O_WRONLY | O_CREAT | O_TRUNC);
    redirect(STDERR_FILENO, output_ / "err", O_WRONLY | O_CREAT | O_TRUNC);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  if (pid_ < 0) ADD_FAILURE() << "cannot start " << program;
}

RunningProgram::~RunningProgram() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

void RunningProgram::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

std::string RunningProgram::out_so_far() const {
  return std::filesystem::exists(output_ / "out") ? read_file(output_ / "out") : "";
}

std::string RunningProgram::err_so_far() const {
  return std::filesystem::exists(output_ / "err") ? read_file(output_ / "err") : "";
}

Finished RunningProgram::wait() {
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, 0) != pid_) return {};
  pid_ = -1;
  Finished finished{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out_so_far(),
                    err_so_far()};
  return finished;
}

std::string schema_problems(std::string_view json, std::string_view schema) {
  const TempFolder folder;
  write_file(folder / "document.json", json);
  // The python of Debian, which has Debian's jsonschema, whatever else is first in PATH.
  const std::filesystem::path schema_file =
      source_file("docs/schemas") / (std::string(schema) + ".schema.json");
  const Finished check =
      RunningProgram("/usr/bin/python3", {source_file("tests/support/check_schema.py"), schema_file,
                                          folder / "document.json"})
          .wait();
  if (check.status == 0) return "";
  return check.out + check.err +
         (check.out.empty() && check.err.empty() ? "the check did not run" : "");
}

}  // namespace lockstep::testing
