#pragma once

#include "tests/app/window/wait.h"
#include "tests/widgets/spoken_capture.h"
#include "widgets/context/playback.h"
#include "widgets/controls/sound_canvas.h"
#include "widgets/views/sound_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <memory>
#include <utility>

namespace heedmap::test {

/// Plays nothing, and says what it was asked for.
class SilentPlayback : public Playback
{
public:
    void play(double from, double to) override { start(from, to); }
    void playAll() override { start(0, 1.6); }
    void stop() override
    {
        playing = false;
        emit stateChanged();
    }
    bool isPlaying() const override { return playing; }
    double position() const override { return at; }
    QString unavailableReason() const override { return reason; }

    void advance(double seconds)
    {
        at = seconds;
        emit positionChanged(seconds);
    }
    void setReason(const QString& why)
    {
        reason = why;
        emit stateChanged();
    }

    bool playing = false;
    double at = 0;
    std::pair<double, double> span;
    QString reason;

private:
    void start(double from, double to)
    {
        playing = true;
        at = from;
        span = {from, to};
        emit stateChanged();
    }
};

/// The view in the size of the window's centre, driven with real events.
class SoundViewTest : public testing::Test
{
protected:
    SoundViewTest()
    {
        m_context.setPlayback(&m_playback);
        m_view = std::make_unique<SoundView>(m_context);
        m_view->resize(900, 520);
        m_view->show();
    }
    void show(const SpokenCapture& spoken = {}, const std::string& group = "transcript_sound",
              bool withRecording = true)
    {
        const auto capture = makeSpoken(m_folder, spoken);
        Selection selection;
        selection.group = group;
        selection.map = MapChoice{capture->manifest().sitesOfGroup(group).front(), HeadChoice{0}, {}};
        if (withRecording)
            m_context.selection().setRecording(
                makeRecording((spoken.windows - 1) * spoken.secondsPerWindow + spoken.recordingSeconds));
        m_context.selection().setCapture(capture, selection);
        settle();
        settle();
    }
    void send(QEvent::Type type, QPointF place, Qt::MouseButton button = Qt::NoButton,
              Qt::MouseButtons held = Qt::NoButton, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QMouseEvent event(type, place, canvas().mapToGlobal(place), button, held, modifiers);
        QApplication::sendEvent(&canvas(), &event);
    }
    void click(QPointF place, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        send(QEvent::MouseButtonPress, place, Qt::LeftButton, Qt::LeftButton, modifiers);
        send(QEvent::MouseButtonRelease, place, Qt::LeftButton, Qt::NoButton, modifiers);
    }
    void drag(QPointF from, QPointF to, Qt::MouseButton button = Qt::LeftButton)
    {
        send(QEvent::MouseButtonPress, from, button, button);
        send(QEvent::MouseMove, (from + to) / 2, Qt::NoButton, button);
        send(QEvent::MouseMove, to, Qt::NoButton, button);
        send(QEvent::MouseButtonRelease, to, button);
    }
    void hover(QPointF place) { send(QEvent::MouseMove, place); }
    void turnWheel(QPointF place, int angle)
    {
        QWheelEvent event(place, canvas().mapToGlobal(place), {}, {0, angle}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(&canvas(), &event);
    }
    void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QKeyEvent down(QEvent::KeyPress, key, modifiers);
        QApplication::sendEvent(&canvas(), &down);
    }

    SoundCanvas& canvas() { return m_view->canvas(); }
    const SoundScene& scene() { return canvas().scene(); }
    SelectionModel& selection() { return m_context.selection(); }
    QRectF lane(SoundLane lane) { return canvas().currentLayout().lane(lane); }
    QPointF at(SoundLane where, double seconds) { return {canvas().axis().x(seconds), lane(where).center().y()}; }
    std::size_t token(const QString& text)
    {
        for (std::size_t i = 0; i < scene().tokens.size(); ++i)
            if (scene().tokens[i].text == text)
                return i;
        ADD_FAILURE() << text.toStdString();
        return 0;
    }
    /// The middle of what stands for a token below the sound.
    QPointF box(const QString& text, std::size_t nth = 0)
    {
        for (const SoundTokenPlace& place :
             layoutSoundTokens(scene(), canvas().axis(), lane(SoundLane::Tokens), QFontMetricsF(canvas().font())))
            if (scene().tokens[place.token].text == text && nth-- == 0)
                return (place.label.isEmpty() ? place.bar : place.label).center();
        ADD_FAILURE() << text.toStdString();
        return {};
    }
    QColor pixel(QPointF place) { return canvas().grab().toImage().pixelColor(place.toPoint()); }

    QTemporaryDir m_folder;
    ViewContext m_context;
    SilentPlayback m_playback;
    std::unique_ptr<SoundView> m_view;
};

} // namespace heedmap::test
