// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/detect_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using Bytes = std::vector<std::byte>;

std::span<const std::byte, kDetectHeadBytes> head_of(const Bytes& message) {
  return std::span<const std::byte, kDetectHeadBytes>(message.data(), kDetectHeadBytes);
}

std::span<const std::byte> body_of(const Bytes& message) {
  return std::span(message).subspan(kDetectHeadBytes);
}

DetectRequest small_request() {
  DetectRequest request;
  request.board = {BoardKind::charuco, 5, 6, 0.04, 0.03, "DICT_4X4_50", true};
  request.thorough = true;
  request.image = {3, 2, {0, 1, 2, 253, 254, 255}};
  return request;
}

DetectAnswer small_answer() {
  return {{7, 1, 2, {{0, {1.25, 2.5}}, {3, {-0.5, 1e-3}}}}, ""};
}

TEST(DetectProtocol, ARequestArrivesAsItWasSent) {
  const DetectRequest sent = small_request();
  const Bytes message = encode_detect_request(sent);
  const auto head = decode_detect_head(head_of(message));
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->kind, DetectMessage::request);
  EXPECT_EQ(head->body_bytes, body_of(message).size());
  const auto read = decode_detect_request(body_of(message));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->board, sent.board);
  EXPECT_EQ(read->thorough, sent.thorough);
  EXPECT_EQ(read->image.width_px, 3);
  EXPECT_EQ(read->image.samples, sent.image.samples);
}

TEST(DetectProtocol, AnAnswerArrivesAsItWasSent) {
  DetectAnswer sent = small_answer();
  sent.refusal = "no";
  const Bytes message = encode_detect_answer(sent);
  const auto head = decode_detect_head(head_of(message));
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->kind, DetectMessage::answer);
  const auto read = decode_detect_answer(body_of(message));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(encode_detect_answer(*read), message);
  EXPECT_EQ(read->detection.corners[1].pixel, Eigen::Vector2d(-0.5, 1e-3));
  EXPECT_EQ(read->refusal, "no");
}

TEST(DetectProtocol, EveryCutIsNoticed) {
  const Bytes request = encode_detect_request(small_request());
  const Bytes answer = encode_detect_answer(small_answer());
  for (size_t size = 0; size < body_of(request).size(); ++size)
    EXPECT_FALSE(decode_detect_request(body_of(request).first(size))) << size;
  for (size_t size = 0; size < body_of(answer).size(); ++size)
    EXPECT_FALSE(decode_detect_answer(body_of(answer).first(size))) << size;
}

TEST(DetectProtocol, ABoardThatCannotBeIsRefusedWithItsReason) {
  DetectRequest request = small_request();
  request.board.marker_m = 0.05;
  const auto read = decode_detect_request(body_of(encode_detect_request(request)));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("a marker needs white around it"));
}

TEST(DetectProtocol, AnImageOfOtherSizeThanItsPixelsIsRefused) {
  DetectRequest request = small_request();
  request.image.width_px = 4;
  EXPECT_FALSE(decode_detect_request(body_of(encode_detect_request(request))));
  request.image = {0, 0, {}};
  EXPECT_FALSE(decode_detect_request(body_of(encode_detect_request(request))));
}

TEST(DetectProtocol, AnotherVersionIsNamed) {
  Bytes message = encode_detect_answer(small_answer());
  message[4] = std::byte{2};
  const auto head = decode_detect_head(head_of(message));
  ASSERT_FALSE(head);
  EXPECT_THAT(head.error().message, HasSubstr("it has version 2, and this program knows 1"));
}

TEST(DetectProtocol, AHeadThatAsksForTooMuchIsRefused) {
  Bytes message = encode_detect_answer(small_answer());
  message[11] = std::byte{0x7f};
  EXPECT_FALSE(decode_detect_head(head_of(message)));
}

TEST(DetectProtocol, CornersOfNoMeaningAreRefused) {
  DetectAnswer answer = small_answer();
  std::swap(answer.detection.corners[0], answer.detection.corners[1]);
  EXPECT_FALSE(decode_detect_answer(body_of(encode_detect_answer(answer))));
  answer = small_answer();
  answer.detection.corners[0].pixel.x() = std::nan("");
  EXPECT_FALSE(decode_detect_answer(body_of(encode_detect_answer(answer))));
}

}  // namespace
}  // namespace lockstep
