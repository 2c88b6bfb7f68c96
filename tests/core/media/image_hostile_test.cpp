#include "core/base/error.h"
#include "core/media/image.h"
#include "core/media/image_container.h"
#include "tests/core/media/container_bytes.h"
#include "tests/core/media/media_fixtures.h"

#include <gtest/gtest.h>

#include <random>

namespace heedmap {
namespace {

const char* const kSamples[] = {
    "rgba8_interlaced.png", "palette4_transparent.png", "grey16.png",     "metadata.png",     "orientation6.png",
    "colour_420.jpg",       "progressive.jpg",          "cmyk.jpg",       "restarts.jpg",     "orientation5.jpg",
    "lossless_alpha.webp",  "lossy_alpha.webp",         "animation.webp", "orientation8.webp"};

/// The kind of error decoding ends with, or nothing when it succeeds. Any other exception fails the test.
std::optional<ErrorKind> outcomeOf(std::span<const std::byte> file, std::string* message = nullptr)
{
    try {
        const DecodedImage decoded = decodeImage(file, "hostile");
        EXPECT_EQ(decoded.upright.rgb.size(), std::size_t{3} * decoded.upright.width * decoded.upright.height);
        return std::nullopt;
    } catch (const Error& error) {
        if (message)
            *message = error.what();
        return error.kind();
    }
}

std::optional<ErrorKind> outcomeOf(const std::string& file, std::string* message = nullptr)
{
    return outcomeOf(asBytes(file), message);
}

void expectRefused(const std::string& file, ErrorKind kind, const char* words)
{
    std::string message;
    EXPECT_EQ(outcomeOf(file, &message), kind) << message;
    EXPECT_NE(message.find(words), std::string::npos) << message;
    EXPECT_NE(message.find("hostile"), std::string::npos) << message;
}

TEST(HostileImages, CutShortAnywhereTheyAreRefused)
{
    for (const char* name : kSamples) {
        const std::vector<std::byte> file = readFixture(name);
        for (std::size_t size = 0; size < file.size(); size += size < 200 ? 1 : 97) {
            std::string message;
            // An allocation of exactly this size lets AddressSanitizer see any read beyond it.
            const std::vector<std::byte> part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
            const auto outcome = outcomeOf(part, &message);
            ASSERT_TRUE(outcome.has_value()) << name << " cut to " << size << " bytes was read";
            EXPECT_TRUE(outcome == ErrorKind::InvalidFile || (size < 12 && outcome == ErrorKind::Unsupported))
                << name << " " << size << ": " << message;
        }
        const std::span<const std::byte> allButOne(file.data(), file.size() - 1);
        EXPECT_EQ(outcomeOf(allButOne), ErrorKind::InvalidFile) << name;
    }
}

TEST(HostileImages, MutatedBytesNeverCrash)
{
    std::mt19937 random(20240607); // the engine's sequence is fixed by the standard, unlike the distributions
    int refused = 0;
    int total = 0;
    for (const char* name : kSamples) {
        const std::vector<std::byte> file = readFixture(name);
        for (int round = 0; round < 150; ++round) {
            std::vector<std::byte> mutated = file;
            for (std::uint32_t i = 0, edits = 1 + random() % 6; i < edits; ++i)
                mutated[random() % mutated.size()] = static_cast<std::byte>(random());
            refused += outcomeOf(mutated).has_value();
            ++total;
        }
    }
    EXPECT_GT(refused, total / 4); // JPEG has no checksums: damage to its pixels cannot be told from pixels
    EXPECT_LT(refused, total);
}

TEST(HostileImages, MutatedHeadersNeverCrash)
{
    std::mt19937 random(7);
    for (const char* name : kSamples) {
        const std::vector<std::byte> file = readFixture(name);
        for (int round = 0; round < 150; ++round) {
            std::vector<std::byte> mutated = file;
            for (int i = 0; i < 3; ++i)
                mutated[random() % std::min<std::size_t>(mutated.size(), 64)] = static_cast<std::byte>(random());
            outcomeOf(mutated);
        }
    }
}

TEST(HostileImages, GiantAndEmptySizesAreRefusedBeforeDecoding)
{
    const std::string pngRest = pngChunk("IDAT", "") + pngChunk("IEND", "");
    const auto png = [&](std::uint32_t width, std::uint32_t height) {
        return pngSignature() + pngHeader(width, height) + pngRest;
    };
    expectRefused(png(0, 5), ErrorKind::InvalidFile, "0 × 5");
    expectRefused(png(5, 0), ErrorKind::InvalidFile, "5 × 0");
    expectRefused(png(0xffffffffu, 0xffffffffu), ErrorKind::TooLarge, "4294967295 × 4294967295");
    expectRefused(png(32769, 1), ErrorKind::TooLarge, "32768 a side");
    expectRefused(png(10001, 10000), ErrorKind::TooLarge, "100 megapixels");
    expectRefused(png(10000, 10000), ErrorKind::InvalidFile, "pixel data");

    const auto jpeg = [](std::uint32_t width, std::uint32_t height) {
        return "\xff\xd8" + jpegFrame(width, height) + jpegScan() + "\xff\xd9";
    };
    expectRefused(jpeg(0, 7), ErrorKind::InvalidFile, "0 × 7");
    expectRefused(jpeg(7, 0), ErrorKind::InvalidFile, "7 × 0");
    expectRefused(jpeg(65535, 65535), ErrorKind::TooLarge, "65535 × 65535");

    expectRefused(webpFile(webpLosslessHeader(16384, 16384)), ErrorKind::TooLarge, "16384 × 16384");
    expectRefused(webpFile(webpCanvas(1 << 24, 1 << 24, 0)), ErrorKind::TooLarge, "16777216 × 16777216");
    expectRefused(webpFile(webpCanvas(9, 9, 0) + webpLosslessHeader(10, 9)), ErrorKind::InvalidFile, "canvas");
}

TEST(HostileImages, DamagedPngStructureIsNamed)
{
    const std::string header = pngSignature() + pngHeader(3, 3);
    const std::string end = pngChunk("IEND", "");
    expectRefused(pngSignature() + pngChunk("IDAT", "") + end, ErrorKind::InvalidFile, "header chunk");
    expectRefused(pngSignature() + pngHeader(3, 3, 3, 2), ErrorKind::InvalidFile, "colour type 2, 3 bits");
    expectRefused(pngSignature() + pngHeader(3, 3, 16, 3), ErrorKind::InvalidFile, "colour type 3, 16 bits");
    expectRefused(header + end, ErrorKind::InvalidFile, "no pixel data");
    expectRefused(header + pngHeader(4, 4) + end, ErrorKind::InvalidFile, "unexpected IHDR");
    expectRefused(header + pngChunk("CODE", "x") + end, ErrorKind::InvalidFile, "unexpected CODE");
    expectRefused(header + bigEndian(0xffffffffu, 4) + "IDATxxxx", ErrorKind::InvalidFile, "4294967295 bytes");
    expectRefused(header + bigEndian(0x7fffffffu, 4) + "IDATxxxx", ErrorKind::InvalidFile, "cut short");
    expectRefused(header + bigEndian(0, 4) + "IDAT" + bigEndian(1, 4) + end, ErrorKind::InvalidFile, "checksum");
    expectRefused(header + pngChunk("IDAT", "not deflated") + end, ErrorKind::InvalidFile, "damaged");
    std::string flipped = header;
    flipped[18] = 9; // a width the header's checksum does not cover
    expectRefused(flipped + pngChunk("IDAT", "") + end, ErrorKind::InvalidFile, "header chunk");
}

TEST(HostileImages, DamagedAndRareJpegsAreNamed)
{
    const std::string start = "\xff\xd8";
    const std::string frame = jpegFrame(3, 3);
    const std::string end = "\xff\xd9";
    expectRefused(start + frame + end, ErrorKind::InvalidFile, "no pixel data");
    expectRefused(start + jpegScan() + end, ErrorKind::InvalidFile, "before the frame header");
    expectRefused(start + frame + frame + jpegScan() + end, ErrorKind::InvalidFile, "two frame headers");
    expectRefused(start + start + frame, ErrorKind::InvalidFile, "second picture");
    expectRefused(start + "\xff\xe1" + bigEndian(1, 2) + end, ErrorKind::InvalidFile, "length below 2");
    expectRefused(start + "\xff\xe1" + bigEndian(0xffff, 2) + end, ErrorKind::InvalidFile, "cut short");
    expectRefused(start + jpegSegment(0xc0, "\x08"), ErrorKind::InvalidFile, "wrong length");
    expectRefused(start + jpegFrame(3, 3, 0xc3) + jpegScan() + end, ErrorKind::Unsupported, "rare kind");
    expectRefused(start + jpegFrame(3, 3, 0xc9) + jpegScan() + end, ErrorKind::Unsupported, "rare kind");
    expectRefused(start + jpegFrame(3, 3, 0xc1, 12) + jpegScan() + end, ErrorKind::Unsupported, "12 bits");
    std::string scans = start + jpegFrame(3, 3, 0xc2);
    for (int i = 0; i < 101; ++i)
        scans += jpegScan();
    expectRefused(scans + end, ErrorKind::TooLarge, "scans");
}

TEST(HostileImages, DamagedWebpStructureIsNamed)
{
    expectRefused(webpFile(""), ErrorKind::InvalidFile, "no pixel data");
    expectRefused(webpFile(webpCanvas(3, 3, 0)), ErrorKind::InvalidFile, "no pixel data");
    expectRefused(webpFile(webpChunk("VP8 ", "short")), ErrorKind::InvalidFile, "VP8 frame");
    expectRefused(webpFile(webpChunk("VP8L", "short")), ErrorKind::InvalidFile, "VP8L");
    expectRefused(webpFile(webpChunk("VP8X", "short")), ErrorKind::InvalidFile, "VP8X");
    expectRefused(webpFile(webpChunk("ANMF", "short")), ErrorKind::InvalidFile, "first frame");
    expectRefused("RIFF" + littleEndian(0xfffffff0u, 4) + "WEBP", ErrorKind::InvalidFile, "cut short");
    expectRefused("RIFF" + littleEndian(0, 4) + "WEBP", ErrorKind::InvalidFile, "no content");
    expectRefused(webpFile("VP8L" + littleEndian(0xffffffffu, 4) + "/xxxx"), ErrorKind::InvalidFile, "beyond the end");
    expectRefused(webpFile(webpLosslessHeader(3, 3)), ErrorKind::InvalidFile, "pixel data");
    const std::string frameToTheRight = littleEndian(4, 3) + std::string(13, '\0');
    expectRefused(webpFile(webpCanvas(9, 9, 2) + webpChunk("ANMF", frameToTheRight + webpLosslessHeader(3, 3))),
                  ErrorKind::InvalidFile, "canvas");
    const std::string farFrame = littleEndian(0xffffff, 3) + littleEndian(0xffffff, 3) + std::string(10, '\0');
    expectRefused(webpFile(webpCanvas(9, 9, 2) + webpChunk("ANMF", farFrame + webpLosslessHeader(3, 3))),
                  ErrorKind::InvalidFile, "canvas");
}

int orientationOf(const std::string& tiff)
{
    return orientationFromExif(asBytes(tiff));
}

/// `count` entries in the first directory, each a sub-directory pointer to the directory itself.
std::string selfReferencingExif(std::uint32_t count)
{
    std::string tiff = std::string("II*\0", 4) + littleEndian(8, 4) + littleEndian(count, 2);
    for (std::uint32_t i = 0; i < count; ++i) {
        constexpr std::uint32_t kPointers[] = {0x8769, 0x8825, 0xa005};
        tiff += littleEndian(kPointers[i % 3], 2) + littleEndian(4, 2) + littleEndian(1, 4) + littleEndian(8, 4);
    }
    return tiff + littleEndian(8, 4); // and the next directory is the first again
}

TEST(HostileImages, NamesAreMadeFitForMessages)
{
    try {
        decodeImage(asBytes("no picture"), "evil\n\xff.png");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).find("evil?"), 0u) << error.what();
        EXPECT_EQ(std::string(error.what()).find('\xff'), std::string::npos);
    }
}

TEST(HostileExif, DamageMeansNoOrientation)
{
    EXPECT_EQ(orientationOf(""), 1);
    EXPECT_EQ(orientationOf("II*"), 1);
    EXPECT_EQ(orientationOf("not a TIFF structure at all"), 1);
    EXPECT_EQ(orientationOf(exifOrientation(6)), 6);
    EXPECT_EQ(orientationOf(exifOrientation(0)), 1);
    EXPECT_EQ(orientationOf(exifOrientation(9)), 1);
    for (const std::uint32_t count : {1u, 3u, 1000u, 65535u}) // general libraries take minutes over such blocks
        EXPECT_EQ(orientationOf(selfReferencingExif(count)), 1) << count;
    std::string farDirectory = exifOrientation(6);
    farDirectory.replace(4, 4, littleEndian(0xfffffff0u, 4));
    EXPECT_EQ(orientationOf(farDirectory), 1);
    std::string manyValues = exifOrientation(6); // the count of the entry's values
    manyValues.replace(14, 4, littleEndian(0xffffffffu, 4));
    EXPECT_EQ(orientationOf(manyValues), 1);
    EXPECT_EQ(orientationOf(exifOrientation(6) + std::string(std::size_t{3} << 20, '\xff')), 6);
    std::string moreEntries = exifOrientation(6); // than there are
    moreEntries.replace(8, 2, littleEndian(9, 2));
    EXPECT_EQ(orientationOf(moreEntries), 6);
}

TEST(HostileExif, MutatedBlocksNeverCrash)
{
    std::mt19937 random(11);
    const std::vector<std::byte> file = readFixture("orientation5.jpg");
    const std::string good(reinterpret_cast<const char*>(file.data()) + 12, 60);
    ASSERT_EQ(orientationOf(good), 5);
    for (int round = 0; round < 5000; ++round) {
        std::string mutated = good + selfReferencingExif(4);
        for (int i = 0; i < 4; ++i)
            mutated[random() % mutated.size()] = static_cast<char>(random());
        const int orientation = orientationOf(mutated.substr(0, random() % (mutated.size() + 1)));
        EXPECT_TRUE(orientation >= 1 && orientation <= 8);
    }
}

} // namespace
} // namespace heedmap
