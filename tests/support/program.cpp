// SPDX-License-Identifier: MIT
#include "tests/support/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
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
  const int file = open(path.c_str(), flags | O_NOCTTY, 0600);
  if (file < 0 || dup2(file, fd) < 0) _exit(126);
}

/// The tests themselves may run under nohup or in the background of a script.
void reset_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);
}

/// As a shell says it.
int shell_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void end_now(pid_t pid) {
  if (pid <= 0) return;
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
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
    reset_signals();
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
  end_now(pid_);
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
  return {shell_status(status), out_so_far(), err_so_far()};
}

ProgramOnTerminal::ProgramOnTerminal(const std::filesystem::path& program,
                                     const std::vector<std::string>& arguments,
                                     const std::vector<std::string>& environment,
                                     const std::filesystem::path& folder) {
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_with(environment);
  const std::vector<char*> argv = pointers_to(words), envp = pointers_to(variables);
  terminal_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  char name[128] = "";
  if (terminal_ < 0 || grantpt(terminal_) != 0 || unlockpt(terminal_) != 0 ||
      ptsname_r(terminal_, name, sizeof(name)) != 0) {
    ADD_FAILURE() << "no terminal for " << program;
    return;
  }
  pid_ = fork();
  if (pid_ == 0) {
    reset_signals();
    if (setsid() < 0 || chdir(folder.c_str()) != 0) _exit(126);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) redirect(fd, name, O_RDWR);
    if (ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0) _exit(126);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  if (pid_ < 0) ADD_FAILURE() << "cannot start " << program;
}

ProgramOnTerminal::~ProgramOnTerminal() {
  end_now(pid_);
  hang_up();
}

bool ProgramOnTerminal::shows(std::string_view sign) {
  char read_now[512];
  while (shown_.find(sign) == std::string::npos) {
    const ssize_t count = read(terminal_, read_now, sizeof(read_now));
    if (count <= 0) return false;  // EIO: nobody has the other end any more
    shown_.append(read_now, static_cast<size_t>(count));
  }
  return true;
}

void ProgramOnTerminal::hang_up() {
  if (terminal_ >= 0) close(terminal_);
  terminal_ = -1;
}

int ProgramOnTerminal::wait() {
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, 0) != pid_) return -1;
  pid_ = -1;
  return shell_status(status);
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
