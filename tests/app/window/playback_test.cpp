#include "app/window/icons.h"
#include "app/window/pcm_stream.h"
#include "app/window/play_button.h"
#include "app/window/sound_playback.h"
#include "tests/app/window/wait.h"

#include <gtest/gtest.h>
#include <QElapsedTimer>

#include <algorithm>
#include <cstring>

namespace heedmap {
namespace {

using namespace test;

/// A device whose clock is turned by hand.
class HandOutput : public SoundOutput
{
public:
    QString unavailableReason() const override { return m_reason; }
    bool start(std::shared_ptr<const Audio> sound, std::size_t first, std::size_t last) override
    {
        m_sound = std::move(sound);
        m_first = first;
        m_last = last;
        m_played = 0;
        ++m_starts;
        return m_works;
    }
    void stop() override { m_sound.reset(); }
    double playedSeconds() const override { return m_played; }

    QString m_reason;
    bool m_works = true;
    std::shared_ptr<const Audio> m_sound;
    std::size_t m_first = 0;
    std::size_t m_last = 0;
    double m_played = 0;
    int m_starts = 0;
};

std::shared_ptr<const Recording> recordingOf(std::vector<float> samples)
{
    return std::make_shared<const Recording>(Recording{"", "talk.wav", "00", {16'000, std::move(samples)}});
}

class PlaybackTest : public testing::Test
{
protected:
    PlaybackTest()
    {
        auto output = std::make_unique<HandOutput>();
        m_output = output.get();
        m_playback = std::make_unique<SoundPlayback>(m_selection, std::move(output));
        m_selection.setRecording(recordingOf(std::vector<float>(32'000, 0.1F))); // two seconds
        QObject::connect(m_playback.get(), &Playback::positionChanged,
                         [this](double seconds) { m_positions.push_back(seconds); });
        QObject::connect(m_playback.get(), &Playback::stateChanged, [this] { ++m_states; });
    }

    SelectionModel m_selection;
    HandOutput* m_output = nullptr;
    std::unique_ptr<SoundPlayback> m_playback;
    std::vector<double> m_positions;
    int m_states = 0;
};

TEST_F(PlaybackTest, aSpanIsPlayedSampleForSampleAndEndsAtItsEnd)
{
    m_playback->play(0.5, 1.25);
    EXPECT_TRUE(m_playback->isPlaying());
    EXPECT_EQ(m_output->m_first, 8'000u);
    EXPECT_EQ(m_output->m_last, 20'000u);
    EXPECT_EQ(m_output->m_sound->samples.data(), m_selection.recording()->sound.samples.data()); // not copied
    m_output->m_played = 0.3;
    ASSERT_TRUE(waitFor([&] { return m_playback->position() > 0.5; }));
    EXPECT_DOUBLE_EQ(m_playback->position(), 0.8);
    m_output->m_played = 0.9; // the device runs on in silence
    ASSERT_TRUE(waitFor([&] { return !m_playback->isPlaying(); }));
    EXPECT_DOUBLE_EQ(m_positions.back(), 1.25);
    EXPECT_EQ(m_states, 2);
    EXPECT_FALSE(m_output->m_sound);
}

TEST_F(PlaybackTest, theCursorMovesAtLeast25TimesASecond)
{
    m_playback->playAll();
    EXPECT_EQ(m_output->m_first, 0u);
    EXPECT_EQ(m_output->m_last, 32'000u);
    QElapsedTimer clock;
    std::vector<qint64> gaps; // in milliseconds; the median of them, since other work may hold up a few
    QObject::connect(m_playback.get(), &Playback::positionChanged, [&] {
        if (clock.isValid())
            gaps.push_back(clock.elapsed());
        clock.start();
    });
    ASSERT_TRUE(waitFor([&] { return gaps.size() >= 25; }));
    std::nth_element(gaps.begin(), gaps.begin() + 12, gaps.end());
    EXPECT_LE(gaps[12], 40);
}

TEST_F(PlaybackTest, spansAreHeldWithinTheRecordingAndEmptyOnesAreNotPlayed)
{
    m_playback->play(-3, 99);
    EXPECT_EQ(m_output->m_last, 32'000u);
    for (const auto& [from, to] : {std::pair(1.0, 1.0), {1.5, 0.5}, {7.0, 9.0}, {std::nan(""), 1.0}}) {
        m_playback->stop();
        m_output->m_starts = 0;
        m_playback->play(from, to);
        EXPECT_EQ(m_output->m_starts, 0) << from << ' ' << to;
        EXPECT_FALSE(m_playback->isPlaying());
    }
}

TEST_F(PlaybackTest, anotherRecordingOrNoneEndsIt)
{
    m_playback->playAll();
    m_selection.setRecording(recordingOf({0.5F, 0.5F}));
    EXPECT_FALSE(m_playback->isPlaying());
    EXPECT_EQ(m_playback->position(), 0);
    m_playback->playAll();
    EXPECT_TRUE(m_playback->isPlaying());
    m_selection.setRecording(nullptr);
    EXPECT_FALSE(m_playback->isPlaying());
    EXPECT_TRUE(m_playback->unavailableReason().contains("no recording"));
    m_playback->play(0, 1);
    EXPECT_FALSE(m_playback->isPlaying());
}

TEST_F(PlaybackTest, theButtonPlaysStopsAndSaysWhyItCannot)
{
    loadIcons();
    PlayButton button(*m_playback);
    EXPECT_TRUE(button.isEnabled());
    button.click();
    EXPECT_TRUE(m_playback->isPlaying());
    button.click();
    EXPECT_FALSE(m_playback->isPlaying());
    m_output->m_reason = "There is no audio device.";
    emit m_output->availabilityChanged();
    EXPECT_FALSE(button.isEnabled());
    EXPECT_EQ(button.toolTip(), m_output->m_reason);
    m_output->m_reason.clear();
    emit m_output->availabilityChanged();
    EXPECT_TRUE(button.isEnabled());
}

TEST_F(PlaybackTest, aDeviceThatFailsIsSaid)
{
    QString said;
    QObject::connect(m_playback.get(), &Playback::failed, [&](const QString& message) { said = message; });
    m_playback->playAll();
    emit m_output->failed("it went away");
    EXPECT_FALSE(m_playback->isPlaying());
    EXPECT_EQ(said, QString("it went away"));
    m_output->m_works = false;
    m_playback->playAll();
    EXPECT_FALSE(m_playback->isPlaying());
}

QAudioFormat formatOf(int rate, int channels, QAudioFormat::SampleFormat sampleFormat)
{
    QAudioFormat format;
    format.setSampleRate(rate);
    format.setChannelCount(channels);
    format.setSampleFormat(sampleFormat);
    return format;
}

TEST(PcmStream, writesTheSamplesOfTheSpanAndThenSilence)
{
    const auto sound = std::make_shared<const Audio>(Audio{16'000, {0, 0.5F, -1, 2, 0.25F}});
    PcmStream stream(sound, 1, 4, formatOf(16'000, 1, QAudioFormat::Int16));
    const QByteArray bytes = stream.read(10);
    ASSERT_EQ(bytes.size(), 10);
    std::int16_t values[5];
    std::memcpy(values, bytes.constData(), sizeof values);
    EXPECT_EQ(values[0], 16384);
    EXPECT_EQ(values[1], -32767);
    EXPECT_EQ(values[2], 32767); // beyond full scale is full scale
    EXPECT_EQ(values[3], 0);
    EXPECT_EQ(values[4], 0);
}

TEST(PcmStream, speaksTheDevicesRateAndChannels)
{
    const auto sound = std::make_shared<const Audio>(Audio{16'000, {0, 1, 0.5F}});
    PcmStream stream(sound, 0, 3, formatOf(32'000, 2, QAudioFormat::Float));
    const QByteArray bytes = stream.read(6 * 2 * 4 + 3); // whole frames only
    ASSERT_EQ(bytes.size(), 6 * 2 * 4);
    float values[12];
    std::memcpy(values, bytes.constData(), sizeof values);
    const float expected[6] = {0, 0.5F, 1, 0.75F, 0.5F, 0.25F};
    for (int frame = 0; frame < 6; ++frame)
        for (int channel = 0; channel < 2; ++channel)
            EXPECT_FLOAT_EQ(values[2 * frame + channel], expected[frame]) << frame;
}

} // namespace
} // namespace heedmap
