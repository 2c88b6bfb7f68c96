#pragma once

#include "core/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heedmap {

/// `action` must throw an Error of this kind whose message holds every one of `parts`.
template <typename Action>
void expectError(ErrorKind kind, const std::vector<std::string>& parts, Action&& action)
{
    try {
        action();
    } catch (const Error& error) {
        EXPECT_STREQ(errorKindName(error.kind()), errorKindName(kind)) << error.what();
        for (const std::string& part : parts)
            EXPECT_THAT(error.what(), testing::HasSubstr(part));
        return;
    }
    ADD_FAILURE() << "nothing was thrown; expected " << errorKindName(kind);
}

} // namespace heedmap
