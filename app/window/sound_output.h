#pragma once

#include "core/media/audio.h"

#include <QObject>
#include <QString>

#include <memory>

class QAudioSink;
class QIODevice;
class QMediaDevices;

namespace heedmap {

/// What samples are sent to. Lives in the GUI thread.
class SoundOutput : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// A sentence for the user; empty: it can be used.
    virtual QString unavailableReason() const = 0;
    /// Plays samples [first, last) of `sound` in place of what is being played; `sound` is kept until it ends. False,
    /// and unavailableReason() or `failed` says why, when it cannot.
    virtual bool start(std::shared_ptr<const Audio> sound, std::size_t first, std::size_t last) = 0;
    virtual void stop() = 0;
    /// What was heard since start().
    virtual double playedSeconds() const = 0;

signals:
    void availabilityChanged();
    void failed(const QString& message); ///< it ended before its time; a sentence for the user
};

/// The default audio device of the moment. It is looked for when somebody first asks, not before: that takes a while.
class DeviceOutput : public SoundOutput
{
    Q_OBJECT

public:
    explicit DeviceOutput(QObject* parent = nullptr);
    ~DeviceOutput() override;

    QString unavailableReason() const override;
    bool start(std::shared_ptr<const Audio> sound, std::size_t first, std::size_t last) override;
    void stop() override;
    double playedSeconds() const override;

private:
    mutable std::unique_ptr<QMediaDevices> m_devices; ///< tells when one comes or goes
    mutable bool m_hasDevice = false;                 ///< as it was then: to ask is not for every moment
    std::unique_ptr<QIODevice> m_stream;
    std::unique_ptr<QAudioSink> m_sink;
};

} // namespace heedmap
