#pragma once

#include <QObject>
#include <QString>

namespace heedmap {

/// Lets the recording of the selection be heard. Views ask for it and follow it; who makes the sound is the program's
/// affair. Times are seconds from the start of the recording. Lives in the GUI thread.
class Playback : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Plays [from, to), held within the recording, in place of what is being played. Nothing happens where
    /// unavailableReason() says why nothing can be heard.
    virtual void play(double from, double to) = 0;
    /// From the start to the end of the recording.
    virtual void playAll() = 0;
    virtual void stop() = 0;
    virtual bool isPlaying() const = 0;
    /// What is heard now while playing; where it ended or was stopped otherwise.
    virtual double position() const = 0;
    /// A sentence for the user: no recording, no audio device. Empty: it can be heard.
    virtual QString unavailableReason() const = 0;

signals:
    void positionChanged(double seconds); ///< at least 25 times a second while playing, and once at the end
    void stateChanged();                  ///< playing or not, available or not
    void failed(const QString& message);  ///< a sentence for the user: the device went away, or cannot be opened
};

} // namespace heedmap
