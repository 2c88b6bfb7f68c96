#pragma once

#include "app/samples.h"

#include <QListWidget>

#include <vector>

namespace heedmap {

/// Shipped pictures with a question each; those the shipped model answers wrongly carry a small red mark.
class SampleGallery : public QListWidget
{
    Q_OBJECT

public:
    explicit SampleGallery(QWidget* parent = nullptr);

    /// Thumbnails arrive from a worker.
    void setSamples(const std::vector<Sample>& samples);
    int wrongCount() const;
    const std::vector<Sample>& samples() const { return m_samples; }
    QSize sizeHint() const override;

signals:
    void sampleChosen(const heedmap::Sample& sample);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void loadThumbnail(int row);

    std::vector<Sample> m_samples;
};

} // namespace heedmap
