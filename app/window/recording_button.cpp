#include "app/window/recording_button.h"

#include "widgets/context/background.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr std::size_t kParts = 96;

std::vector<float> peaksOf(const std::vector<float>& samples)
{
    std::vector<float> peaks(std::min(kParts, samples.size()), 0);
    for (std::size_t part = 0; part < peaks.size(); ++part) {
        const std::size_t end = (part + 1) * samples.size() / peaks.size();
        for (std::size_t i = part * samples.size() / peaks.size(); i < end; ++i)
            peaks[part] = std::max(peaks[part], std::abs(samples[i]));
    }
    const float loudest = peaks.empty() ? 0 : *std::max_element(peaks.begin(), peaks.end());
    for (float& peak : peaks)
        peak = loudest > 0 ? peak / loudest : 0;
    return peaks;
}

} // namespace

RecordingButton::RecordingButton(Playback& playback, QWidget* parent) : QPushButton(parent), m_playback(playback)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setToolTip(tr("Open another recording"));
    setAccessibleName(tr("Recording"));
    setAttribute(Qt::WA_Hover);
    connect(&m_playback, &Playback::positionChanged, this, [this] { update(); });
    connect(&m_playback, &Playback::stateChanged, this, [this] { update(); });
}

void RecordingButton::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_peaks.clear();
    update();
    if (!m_recording)
        return;
    runInBackground(
        this, [recording = m_recording] { return peaksOf(recording->sound.samples); },
        [this, shown = m_recording](std::vector<float> peaks) {
            if (shown != m_recording)
                return;
            m_peaks = std::move(peaks);
            update();
        },
        [](const Error&) {});
}

void RecordingButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool lit = hasFocus() || underMouse();
    painter.setPen(QPen(palette().color(lit ? QPalette::Highlight : QPalette::Mid), hasFocus() ? 2 : 1,
                        m_recording ? Qt::SolidLine : Qt::DashLine));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
    const QRectF inside = QRectF(rect()).adjusted(8, 8, -8, -8);
    if (m_recording)
        return paintWaveform(painter, inside);
    painter.setPen(palette().color(QPalette::Disabled, QPalette::Text));
    painter.drawText(inside, Qt::AlignCenter | Qt::TextWordWrap, tr("Drop or open\na recording"));
}

void RecordingButton::paintWaveform(QPainter& painter, const QRectF& inside) const
{
    const double step = inside.width() / static_cast<double>(kParts);
    const double seconds = m_recording->sound.seconds();
    const double heard = m_playback.isPlaying() && seconds > 0 ? m_playback.position() / seconds : 0;
    for (std::size_t part = 0; part < m_peaks.size(); ++part) {
        const double half = std::max(0.5, 0.5 * inside.height() * static_cast<double>(m_peaks[part]));
        const double begin = inside.left() + step * static_cast<double>(part);
        const bool isHeard = static_cast<double>(part) < heard * static_cast<double>(m_peaks.size());
        painter.fillRect(QRectF(begin, inside.center().y() - half, std::max(1.0, step - 1), 2 * half),
                         isHeard ? palette().color(QPalette::Highlight)
                                 : palette().color(QPalette::Disabled, QPalette::Text));
    }
    if (!m_playback.isPlaying())
        return;
    painter.setPen(QPen(palette().color(QPalette::Highlight), 1.5));
    const double x = inside.left() + heard * inside.width();
    painter.drawLine(QPointF(x, inside.top()), QPointF(x, inside.bottom()));
}

} // namespace heedmap
