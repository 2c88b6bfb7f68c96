#pragma once

#include <QImage>
#include <QPushButton>

namespace heedmap {

/// The chosen picture, small; a click opens another one.
class PictureButton : public QPushButton
{
    Q_OBJECT

public:
    explicit PictureButton(QWidget* parent = nullptr);
    void setPicture(const QImage& picture);
    QSize sizeHint() const override { return QSize(200, 130); }
    QSize minimumSizeHint() const override { return QSize(80, 60); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QImage m_picture; ///< small
};

} // namespace heedmap
